/**
 * Where the list can open without moving or covering anything of the form: beside it where the page is
 * empty there, else below it, with a small button at the field that leads there.
 */

const NARROWEST = 256;
const WIDEST = 400;
const GAP = 20;
/** Where the page is looked at to see whether it is empty: so far below the top of the list. */
const DEPTHS = [4, 90, 180, 270];

/**
 * The empty stretch beside a form at the height of a field, in pixels of the window: first on the side
 * where lines end.
 *
 * @param {Element} form
 * @param {Element} field
 * @param {Element} host may stand there already
 * @returns {{ left: number, top: number, width: number } | undefined}
 */
export function roomBeside(form, field, host) {
  const around = form.getBoundingClientRect();
  const { top } = field.getBoundingClientRect();
  const right = { left: around.right + GAP, room: document.documentElement.clientWidth - around.right - 2 * GAP };
  const left = { left: GAP, room: around.left - 2 * GAP };
  const sides = getComputedStyle(form).direction === "rtl" ? [left, right] : [right, left];
  for (const side of sides) {
    const width = Math.min(side.room, WIDEST);
    const start = side === left ? around.left - GAP - width : side.left;
    if (width >= NARROWEST && isEmpty(start, top, width, [form, host])) return { left: start, top, width };
  }
  return undefined;
}

/**
 * Whether nothing stands there but what the form itself stands on, and nothing would cut the list off.
 *
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {Element[]} guests the form and the host
 */
function isEmpty(left, top, width, [form, host]) {
  for (const across of [4, width / 2, width - 4]) {
    for (const depth of DEPTHS) {
      const found = document.elementFromPoint(left + across, top + depth);
      if (found && found !== host && !found.contains(form)) return false;
    }
  }
  for (let box = host.parentElement; box && box !== document.body; box = box.parentElement) {
    const edge = box.getBoundingClientRect();
    const cuts = getComputedStyle(box).overflow !== "visible";
    if (cuts && (left < edge.left || left + width > edge.right)) return false;
  }
  return true;
}
