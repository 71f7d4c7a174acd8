// A style sheet imported as a module is a ready CSSStyleSheet.
declare module "*.css" {
  const sheet: CSSStyleSheet;
  export default sheet;
}
