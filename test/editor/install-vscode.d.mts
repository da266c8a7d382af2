export function installVsCode(): Promise<string>;
