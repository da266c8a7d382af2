/** The fuzzer's threads run JavaScript: their program, bundled into a folder that `remove` deletes. */
export function bundleFuzzer(): Promise<{ readonly program: (name: "worker" | "main") => URL; remove(): void }>;
