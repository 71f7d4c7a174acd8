/**
 * Where the list can open without moving or covering anything of the form: beside it where the page is
 * empty there, else below it, with a small button at the field that leads there.
 */

const NARROWEST = 256;
const WIDEST = 400;
const GAP = 20;
/** Where the page is looked at to see whether it is empty: so far below the top of the list. */
const DEPTHS = [4, 135, 270];

/**
 * The empty stretch beside a form at the height of a field, on the side where lines end, in pixels of the
 * window. Empty is where nothing stands but what the form itself stands on.
 *
 * @param {Element} form
 * @param {Element} field
 * @param {Element} host may stand there already
 * @param {number} scale pixels of the window to one of the form, which the page may have enlarged
 */
export function roomBeside(form, field, host, scale) {
  const around = form.getBoundingClientRect();
  const { top } = field.getBoundingClientRect();
  const leftwards = getComputedStyle(form).direction === "rtl";
  const room = leftwards ? around.left : document.documentElement.clientWidth - around.right;
  const gap = GAP * scale;
  const width = Math.min(room - 2 * gap, WIDEST * scale);
  const left = leftwards ? around.left - gap - width : around.right + gap;
  const taken = (/** @type {Element | null} */ found) => found && found !== host && !found.contains(form);
  for (const across of [4, width - 4]) {
    if (DEPTHS.some((depth) => taken(document.elementFromPoint(left + across, top + depth * scale)))) return undefined;
  }
  for (let box = /** @type {Element | null} */ (form); box && box !== document.body; box = box.parentElement) {
    const edge = box.getBoundingClientRect();
    const outside = left < edge.left || left + width > edge.right;
    if (outside && getComputedStyle(box).overflow !== "visible") return undefined;
  }
  return width < NARROWEST * scale ? undefined : { left, top, width };
}
