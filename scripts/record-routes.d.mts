export function recordedRoutes(): string;
