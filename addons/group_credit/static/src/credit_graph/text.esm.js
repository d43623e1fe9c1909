/** Width of a text in the chart's font, near enough to break lines by (no DOM needed). */
export function textWidth(text, fontSize = 13) {
    let em = 0;
    for (const char of text) {
        const code = char.codePointAt(0);
        if (code >= 0x2e80) {
            em += 1;
        } else if (/[A-Z0-9MWmw@%&]/.test(char)) {
            em += 0.66;
        } else {
            em += /[iljtfr.,:;'|! ()]/.test(char) ? 0.34 : 0.56;
        }
    }
    return em * fontSize;
}

// Where a line may break: at words, between Chinese characters, but not after an opening
// bracket or before a closing one.
const PIECES = /[（《“]?[\u2e80-\uffff][）》”、，。]*|[^\s\u2e80-\uffff]+\s*|\s+/g;
// What a Chinese company's name ends with reads best on a line of its own.
const FORM = /^(.+?)((?:股份)?有限(?:责任)?公司)$/;

/** A name on at most two lines: broken between words, in Chinese anywhere. */
export function wrapName(name, width, fontSize = 13) {
    const parts = name.match(FORM);
    if (parts && textWidth(name, fontSize) > width) {
        if (parts.slice(1).every((part) => textWidth(part, fontSize) <= width)) {
            return parts.slice(1);
        }
    }
    const pieces = name.match(PIECES) || [];
    const lines = [""];
    for (const piece of pieces) {
        const line = lines[lines.length - 1] + piece;
        if (textWidth(line.trimEnd(), fontSize) <= width || !lines[lines.length - 1]) {
            lines[lines.length - 1] = line;
        } else {
            lines.push(piece);
        }
    }
    const shown = lines.slice(0, 2).map((line) => line.trim());
    return shown.map((line, i) =>
        clip(line, width, fontSize, i === 1 && lines.length > 2)
    );
}

function clip(line, width, fontSize, isCut) {
    if (!isCut && textWidth(line, fontSize) <= width) {
        return line;
    }
    let text = line;
    while (text && textWidth(`${text}…`, fontSize) > width) {
        text = [...text].slice(0, -1).join("");
    }
    return `${text}…`;
}
