declare module "diagram-js-minimap" {
  const module: any;
  export default module;
}
