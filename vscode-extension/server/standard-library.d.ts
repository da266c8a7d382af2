/** Made when the worker is bundled: the texts of std/ by file name. */
declare module "stretto:standard-library" {
  const texts: Readonly<Record<string, string>>;
  export default texts;
}
