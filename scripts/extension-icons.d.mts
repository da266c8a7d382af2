export function fileIcon(): string;
/** PNG. */
export function extensionIcon(size?: number): Buffer;
