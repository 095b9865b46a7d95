/** TLS between two that have the same key and certificate, and with nobody else. */
import type { SecureContextOptions } from "node:tls";

/** @param key PEM: a key and its certificate */
export function onlyWith(key: string): SecureContextOptions {
  // The quickest of TLS 1.3, as long as the processor helps, which any of a server does.
  return { key, cert: key, ca: key, minVersion: "TLSv1.3", ciphers: "TLS_AES_128_GCM_SHA256" };
}
