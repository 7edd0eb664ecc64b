// A line chart as SVG, in the colours of the page: its axes are those of the book's figures.
"use strict";

// `x` and `y` are [from, to]; `y` is logarithmic if asked for. A line has a class, points as pairs,
// and perhaps a name, which is written at its end.
longhandLive.chart = ({ x, y, logarithmic = false, xTicks, yTicks, xName, yName, says, lines }) => {
  const WIDE = 560, HIGH = 270, LEFT = 54, RIGHT = lines.some((line) => line.name) ? 110 : 10, TOP = 34, BOTTOM = 46;
  const scale = logarithmic ? Math.log : (value) => value;
  const part = (value, [from, to], of) => (of(value) - of(from)) / (of(to) - of(from));
  const across = (value) => LEFT + (WIDE - LEFT - RIGHT) * part(value, x, (z) => z);
  const down = (value) => {
    const within = Math.min(Math.max(value, y[0]), y[1]);
    return HIGH - BOTTOM - (HIGH - BOTTOM - TOP) * part(within, y, scale);
  };
  const text = (at, to, anchor, words, kind = "quiet") =>
    `<text class="${kind}" x="${at}" y="${to}" text-anchor="${anchor}">${words}</text>`;
  const levels = yTicks.map((tick) =>
    `<path class="quiet" opacity="0.25" d="M${LEFT} ${down(tick)}H${WIDE - RIGHT}"/>${text(LEFT - 8, down(tick) + 5, "end", tick)}`);
  const marks = xTicks.map((tick) => text(across(tick), HIGH - 26, "middle", tick));
  const drawn = lines.map(({ kind, points, name }) => {
    const places = points.map(([a, b]) => `${across(a).toFixed(1)},${down(b).toFixed(1)}`);
    const end = name ? text(WIDE - RIGHT + 8, down(points.at(-1)[1]) + 5, "start", name, kind) : "";
    return `<polyline class="${kind}" points="${places.join(" ")}"/>${end}`;
  });
  return `<svg viewBox="0 0 ${WIDE} ${HIGH}" style="width: min(100%, ${WIDE}px)" role="img" aria-label="${says}"
    fill="none" stroke="currentColor">${levels.join("")}${marks.join("")}${text(0, 16, "start", yName)}
    ${text((LEFT + WIDE - RIGHT) / 2, HIGH - 6, "middle", xName)}${drawn.join("")}</svg>`;
};
