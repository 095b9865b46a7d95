/** Where the platform's parts find each other. Apart from the parts themselves, so that naming one doesn't load it. */

/** Below Miniflare's address. */
const S3_PATH = "/cdn-cgi/local/r2/s3";

export const originOf = (port: number) => `http://localhost:${port}`;

export const s3Endpoint = (host: string, port: number) => `http://${host}:${port}${S3_PATH}`;
