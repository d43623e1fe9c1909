import {onMounted, onWillUnmount, useRef} from "@odoo/owl";

const [MIN, MAX] = [0.05, 3];

/**
 * Pan and zoom of an SVG scene by wheel, drag, pinch and calls. The transform is set on
 * the element itself: moving the picture renders nothing anew.
 */
export class Viewport {
    constructor() {
        this.x = 0;
        this.y = 0;
        this.scale = 1;
        this.pointers = new Map();
        this.moved = false;
        this.isFitted = false; // shows everything, and nobody has moved it since
    }

    attach(canvas, scene) {
        this.canvas = canvas;
        this.scene = scene;
        this.apply();
    }

    get box() {
        return this.canvas.getBoundingClientRect();
    }

    apply() {
        if (this.scene) {
            this.scene.setAttribute(
                "transform",
                `translate(${this.x},${this.y}) scale(${this.scale})`
            );
        }
    }

    /** Zoom about a point of the canvas; its middle without one. */
    zoom(factor, point) {
        const {width, height} = this.box;
        const {x, y} = point || {x: width / 2, y: height / 2};
        const scale = Math.min(MAX, Math.max(MIN, this.scale * factor));
        this.x = x - ((x - this.x) * scale) / this.scale;
        this.y = y - ((y - this.y) * scale) / this.scale;
        this.scale = scale;
        this.isFitted = false;
        this.apply();
    }

    /** Show all of a picture above what is covered; a small one is not blown up. */
    fit({width, height}, covered = 0) {
        const box = {width: this.box.width, height: this.box.height - covered};
        const margin = Math.min(40, box.width / 24);
        const scale = Math.min(
            (box.width - 2 * margin) / width,
            (box.height - 2 * margin) / height,
            1
        );
        this.scale = Math.min(MAX, Math.max(MIN, scale));
        this.x = (box.width - width * this.scale) / 2;
        this.y = Math.max(margin / 2, (box.height - height * this.scale) / 2);
        this.isFitted = true;
        this.apply();
    }

    /** Bring a point of the picture to the middle, at a size that can be read. */
    centre({x, y}, scale = Math.max(this.scale, 0.8)) {
        const {width, height} = this.box;
        this.scale = scale;
        this.x = width / 2 - x * scale;
        this.y = height / 2 - y * scale;
        this.isFitted = false;
        this.apply();
    }

    /** Move by a distance in the picture. */
    move(dx, dy) {
        this.x += dx * this.scale;
        this.y += dy * this.scale;
        this.isFitted = false;
        this.apply();
    }

    /** Move as little as it takes to have a point of the picture in sight. */
    reveal({x, y}, covered = 0) {
        const {width, height} = this.box;
        const [marginX, marginY] = [Math.min(110, width / 3), Math.min(60, height / 8)];
        const [px, py] = [this.x + x * this.scale, this.y + y * this.scale];
        const bottom = height - covered - marginY;
        this.x += Math.max(0, marginX - px) - Math.max(0, px - width + marginX);
        this.y += Math.max(0, marginY - py) - Math.max(0, py - bottom);
        this.apply();
    }

    onWheel(ev) {
        ev.preventDefault();
        this.zoom(Math.exp(-ev.deltaY / 500), this.at(ev));
    }

    onPointerDown(ev) {
        this.moved = false;
        this.pointers.set(ev.pointerId, this.at(ev));
    }

    onPointerMove(ev) {
        const before = this.pointers.get(ev.pointerId);
        if (!before) {
            return;
        }
        const now = this.at(ev);
        const others = [...this.pointers].filter(([id]) => id !== ev.pointerId);
        if (others.length) {
            const other = others[0][1];
            this.zoom(distance(now, other) / Math.max(1, distance(before, other)), {
                x: (now.x + other.x) / 2,
                y: (now.y + other.y) / 2,
            });
        } else if (this.moved || distance(now, before) > 4) {
            if (!this.moved) {
                this.canvas.setPointerCapture(ev.pointerId);
            }
            this.isFitted = false;
            this.x += now.x - before.x;
            this.y += now.y - before.y;
            this.apply();
        } else {
            return;
        }
        this.moved = true;
        this.pointers.set(ev.pointerId, now);
    }

    onPointerUp(ev) {
        this.pointers.delete(ev.pointerId);
    }

    at(ev) {
        const {left, top} = this.box;
        return {x: ev.clientX - left, y: ev.clientY - top};
    }
}

function distance(a, b) {
    return Math.hypot(a.x - b.x, a.y - b.y);
}

/** A viewport on the element with the ref `canvas`, and the scene in it. */
export function useViewport() {
    const viewport = new Viewport();
    const canvas = useRef("canvas");
    const handlers = {
        wheel: (ev) => viewport.onWheel(ev),
        pointerdown: (ev) => viewport.onPointerDown(ev),
        pointermove: (ev) => viewport.onPointerMove(ev),
        pointerup: (ev) => viewport.onPointerUp(ev),
        pointercancel: (ev) => viewport.onPointerUp(ev),
        pointerleave: (ev) => viewport.onPointerUp(ev),
    };
    onMounted(() => {
        viewport.attach(canvas.el, canvas.el.querySelector("[data-scene]"));
        for (const [name, handler] of Object.entries(handlers)) {
            // passive listeners could not keep the page from scrolling
            canvas.el.addEventListener(name, handler, {passive: false});
        }
    });
    onWillUnmount(() => {
        for (const [name, handler] of Object.entries(handlers)) {
            canvas.el?.removeEventListener(name, handler);
        }
    });
    return viewport;
}
