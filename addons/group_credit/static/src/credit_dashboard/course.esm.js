import {Component} from "@odoo/owl";

const SIZE = {width: 720, height: 240, left: 8, right: 8, top: 20, bottom: 26};

/** The course of one line: its limit in steps, what was used and reserved below it. */
export class CreditCourse extends Component {
    static template = "group_credit.CreditCourse";
    static props = {
        points: Array, // {day, limit, used, reserved}
        compact: Function,
    };

    setup() {
        this.size = SIZE;
    }

    get most() {
        return Math.max(
            1,
            ...this.props.points.map((point) =>
                Math.max(point.limit, point.used + point.reserved)
            )
        );
    }

    get bottom() {
        return SIZE.height - SIZE.bottom;
    }

    get columns() {
        const {points, compact} = this.props;
        const inner = SIZE.width - SIZE.left - SIZE.right;
        const step = inner / points.length;
        const width = Math.min(40, step * 0.6);
        const at = (amount) =>
            this.bottom - (amount / this.most) * (this.bottom - SIZE.top);
        return points.map((point, i) => {
            const x = SIZE.left + step * (i + 0.5);
            return {
                ...point,
                x: x - width / 2,
                middle: x,
                width,
                usedY: at(point.used),
                usedHeight: this.bottom - at(point.used),
                reservedY: at(point.used + point.reserved),
                reservedHeight: at(point.used) - at(point.used + point.reserved),
                limitY: at(point.limit),
                from: SIZE.left + step * i,
                to: SIZE.left + step * (i + 1),
                label: point.day.slice(2, 7),
                text: compact(point.used + point.reserved),
            };
        });
    }
}
