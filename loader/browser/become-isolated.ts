/** Makes this page cross-origin isolated, without which ranks cannot share memory. */

const tried = "stretto isolation tried";

/**
 * Whether it is; if not, registers the service worker that makes it so, and loads the page again. Throws, with what to do,
 * where it cannot be.
 */
export async function becomeIsolated(): Promise<boolean> {
  if (crossOriginIsolated) {
    sessionStorage.removeItem(tried);
    return true;
  }
  if (location.protocol === "file:")
    throw new Error("Browsers do not run a page like this from a file. Serve its folder: python3 -m http.server");
  if (!isSecureContext)
    throw new Error("Browsers run a page like this over https alone, or from 127.0.0.1 or localhost.");
  const headers =
    "The server is to send the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.";
  if (!("serviceWorker" in navigator)) throw new Error(`This browser has no service workers here. ${headers}`);
  // Where it was tried before, and did not help, trying again would go on for ever.
  if (sessionStorage.getItem(tried) !== null) throw new Error(headers);
  sessionStorage.setItem(tried, "yes");
  await navigator.serviceWorker.register("isolation.js");
  await navigator.serviceWorker.ready;
  location.reload();
  return false;
}
