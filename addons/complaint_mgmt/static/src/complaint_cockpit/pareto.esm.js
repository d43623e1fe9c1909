import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";

const SIZE = {width: 720, height: 300, left: 36, right: 44, top: 16, bottom: 24};
const LINE = 80; // percent: the bars before it are the vital few

/** A Pareto chart: bars by count, the share that they add up to, the 80 % line. */
export class Pareto extends Component {
    static template = "complaint_mgmt.Pareto";
    static props = {
        bars: Array, // {key, label, count, share, cumulative, vital}
        open: Function,
    };

    setup() {
        this.size = SIZE;
    }

    get inner() {
        return {
            width: SIZE.width - SIZE.left - SIZE.right,
            height: SIZE.height - SIZE.top - SIZE.bottom,
        };
    }

    get bottom() {
        return SIZE.height - SIZE.bottom;
    }

    get most() {
        return Math.max(1, ...this.props.bars.map((bar) => bar.count));
    }

    atPercent(percent) {
        return this.bottom - (percent / 100) * this.inner.height;
    }

    get line() {
        return this.atPercent(LINE);
    }

    get steps() {
        const step = this.inner.width / this.props.bars.length;
        const width = Math.min(48, step * 0.7);
        return this.props.bars.map((bar, i) => {
            const height = (bar.count / this.most) * this.inner.height;
            const middle = SIZE.left + step * (i + 0.5);
            return {
                ...bar,
                number: i + 1,
                middle,
                x: middle - width / 2,
                y: this.bottom - height,
                width,
                height,
                at: this.atPercent(bar.cumulative),
            };
        });
    }

    shareLabel(bar) {
        return _t("%(share)s, together %(together)s", {
            share: `${bar.share} %`,
            together: `${bar.cumulative} %`,
        });
    }

    get curve() {
        return this.steps.map(({middle, at}) => `${middle},${at}`).join(" ");
    }
}
