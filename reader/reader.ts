/** The script of published pages, bundled as `reader.iife.js` and loaded with `defer`. */
import { enhance } from "./enhance/enhance.ts";

enhance(document);
