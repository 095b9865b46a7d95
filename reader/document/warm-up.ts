/**
 * Renders a page that nobody sees, once, while an isolate starts. V8 compiles a function when it is first called, and the
 * first page of a new isolate calls nearly all of them: that took 30 to 50 ms of CPU, where Cloudflare's free plan grants
 * a request 10. The time before the first request belongs to no request, and passes while the reader's browser is still
 * greeting the server.
 */
import { renderDocument } from "./render.ts";

export const SAMPLE = `---
title: Sample
---

# A *sample* of \`all\`, with [[wiki|links]] and <b>HTML</b>

Text with $x^2 + \\frac{1}{2}$, **strong**, ~~struck~~, [a link](https://example.org/ "title"), https://example.org, a note[^1].

$$
\\begin{pmatrix} a_{1} & \\sqrt{b} \\\\ \\sum_{i=0}^{n} \\mathbf{c} & \\left( \\int_0^1 \\hat{x}\\,dx \\right) \\end{pmatrix} \\text{for } x \\in \\mathbb{R}
$$

> [!NOTE]
> A note.

- [x] done
- and not

1. first

| a | b |
|---|--:|
| 1 | 2 |

\`\`\`python
import numpy as np
def f(x: int = 1, *rest) -> str:
    """Doc."""
    for i in range(x):  # comment
        yield [i ** 2, {"a": 1.5}] if x > 0 and not rest else None
class A(B): pass
print(f"{np.pi:.2f}", f(3))
\`\`\`

\`\`\`output
\u001b[31mred\u001b[0m
\`\`\`

\`\`\`bash
for f in *.csv; do echo "$f"; done # comment
\`\`\`

![plot](_assets/generated/0.png "Caption")

<details><summary>More</summary>text</details>

[^1]: The note.
`;

export function warmUp(): void {
  renderDocument(SAMPLE, {
    resolvePage: (target) => ({ href: target, title: target }),
    resolveAsset: (path) => path,
  });
}
