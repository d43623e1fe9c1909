import {downloadFile} from "@web/core/network/download";

const MARGIN = 24;
const LARGEST = 8000; // pixels; canvases beyond that come out empty in some browsers
const STYLES = [
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "opacity",
    "paint-order",
    "font-family",
    "font-size",
    "font-weight",
    "text-anchor",
    "dominant-baseline",
];

/** The whole picture as a file of its own: styles inline, nothing that only works here. */
export function chartMarkup(canvas, {width, height}) {
    const copy = canvas.cloneNode(true);
    const [from, to] = [canvas.querySelectorAll("*"), copy.querySelectorAll("*")];
    from.forEach((element, i) => {
        const style = getComputedStyle(element);
        to[i].setAttribute(
            "style",
            STYLES.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";")
        );
    });
    copy.querySelectorAll("[data-no-export]").forEach((element) => element.remove());
    copy.querySelectorAll("[transform^='translate'][data-scene]").forEach((scene) =>
        scene.removeAttribute("transform")
    );
    const size = [width + 2 * MARGIN, height + 2 * MARGIN];
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${size[0]} ${size[1]}`);
    copy.setAttribute("width", size[0]);
    copy.setAttribute("height", size[1]);
    const background = getComputedStyle(canvas).backgroundColor;
    copy.setAttribute("style", `background:${background}`);
    return new XMLSerializer().serializeToString(copy);
}

export function downloadSvg(canvas, size, title) {
    const markup = chartMarkup(canvas, size);
    downloadFile(new Blob([markup]), `${title}.svg`, "image/svg+xml");
}

export async function downloadPng(canvas, size, title) {
    const url = URL.createObjectURL(
        new Blob([chartMarkup(canvas, size)], {type: "image/svg+xml"})
    );
    try {
        const image = new Image();
        image.src = url;
        await image.decode();
        const scale = Math.min(2, LARGEST / Math.max(image.width, image.height));
        const surface = document.createElement("canvas");
        surface.width = image.width * scale;
        surface.height = image.height * scale;
        const context = surface.getContext("2d");
        context.fillStyle = getComputedStyle(canvas).backgroundColor;
        context.fillRect(0, 0, surface.width, surface.height);
        context.drawImage(image, 0, 0, surface.width, surface.height);
        const blob = await new Promise((resolve) =>
            surface.toBlob(resolve, "image/png")
        );
        downloadFile(blob, `${title}.png`, "image/png");
    } finally {
        URL.revokeObjectURL(url);
    }
}
