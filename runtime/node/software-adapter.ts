/**
 * A WebGPU adapter without a GPU: SwiftShader, a Vulkan driver that computes on the cores, from the package
 * `@sparticuz/chromium` where that is installed (Linux x64). It is offered beside the system's own drivers, which come first.
 */
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { packageFolder, unpackedFolder } from "./unpack.js";

const softwarePackage = "@sparticuz/chromium";

let offered = false;

/**
 * To be called on the main thread before the first worker opens a device: the environment and the loaded libraries of a
 * process are all its threads'. Returns whether there is such a driver.
 */
export function offerSoftwareAdapter(): boolean {
  if (offered) return true;
  const folder = softwareFolder();
  if (folder === undefined) return false;
  const driver = join(folder, "vk_swiftshader_icd.json");
  // Beside the system's drivers; only this one where the environment asks for it.
  const variable = process.env["STRETTO_ADAPTER"] === "software" ? "VK_DRIVER_FILES" : "VK_ADD_DRIVER_FILES";
  process.env[variable] ??= driver;
  if (!hasVulkan()) load(join(folder, "libvulkan.so.1"));
  offered = true;
  return true;
}

/** Where the driver is; undefined where there is none for this machine. */
function softwareFolder(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  const found = packageFolder(softwarePackage);
  if (found === undefined) return undefined;
  const packed = join(found.path, "bin/swiftshader.tar.br");
  return existsSync(packed) ? unpackedFolder(`swiftshader-${found.version}`, [packed]) : undefined;
}

/** Whether the system has a Vulkan loader of its own. */
function hasVulkan(): boolean {
  return load("libvulkan.so.1");
}

/** Not to be unloaded (`RTLD_NODELETE` of glibc): who asks for a library of that name later gets this one. */
const keep = 0x1000;

/** Loads a shared library for the whole process. It is no module of Node, so that loading always ends with an error: which one tells. */
function load(path: string): boolean {
  const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen;
  try {
    process.dlopen({ exports: {} }, path, RTLD_NOW | RTLD_GLOBAL | keep);
    return true;
  } catch (error) {
    return String(error).includes("did not self-register");
  }
}
