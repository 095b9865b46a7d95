/** Imported for its effect, a style sheet comes with the first load; with `{ type: "text" }`, its text comes with who imports it. */
declare module "*.css" {
  const text: string;
  export default text;
}
