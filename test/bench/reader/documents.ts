/** What is rendered: the NumPy tutorials, and a page of 20 KB that has all that costs: math, code and tables. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CORPUS } from "../../platform/platform.ts";

export interface Document {
  readonly name: string;
  readonly source: string;
}

/** Published pages of the corpus, in order. Throws where the corpus is not checked out. */
export async function corpusDocuments(): Promise<Document[]> {
  const names = (await readdir(CORPUS)).filter((name) => /^\d+.*\.md$/.test(name)).sort();
  return Promise.all(names.map(async (name) => ({ name, source: await readFile(join(CORPUS, name), "utf8") })));
}

const PAGE_CHARS = 20_000;

/** Sections until 20 KB are full. Always the same text. */
export function generatedPage(): Document {
  let source = "# Twenty kilobytes\n\nEverything that a page of a notebook has, again and again.\n";
  for (let number = 1; source.length < PAGE_CHARS; number++) source += section(number);
  return { name: "generated-20k.md", source };
}

const LANGUAGES = [
  (n: number) => `\`\`\`python
import numpy as np

def relax(field: np.ndarray, steps: int = ${n * 10}) -> np.ndarray:
    """Averages each point with its neighbours."""
    for step in range(steps):  # converges slowly
        field[1:-1] = 0.5 * (field[:-2] + field[2:])
    return field

print(f"rest: {relax(np.linspace(0, ${n}, 64)).sum():.3f}")
\`\`\`

\`\`\`output
rest: ${(n * 31.7).toFixed(3)}
\`\`\`
`,
  (n: number) => `\`\`\`r
model <- lm(weight ~ group + I(age^${(n % 3) + 1}), data = subset(trial, dose > ${n}))
summary(model)$coefficients  # estimate and error
\`\`\`
`,
  (n: number) => `\`\`\`typescript
export async function load(url: string, { retries = ${n} } = {}): Promise<unknown> {
  const response = await fetch(url, { headers: { accept: "application/json" } });
  if (!response.ok && retries > 0) return load(url, { retries: retries - 1 });
  return response.json();
}
\`\`\`
`,
  (n: number) => `\`\`\`bash
for file in data/*.csv; do
  sort -t, -k${(n % 4) + 1} "$file" | uniq -c | head -n ${n} > "out/$(basename "$file")"
done
\`\`\`
`,
];

/** A formula on a line of its own, as in every second section. */
const FORMULA = (n: number) => `
$$
\\int_0^{\\infty} e^{-${n}x^2}\\,dx = \\frac{1}{2}\\sqrt{\\frac{\\pi}{${n}}}, \\qquad
A = \\begin{pmatrix} a_{11} & a_{12} \\\\ a_{21} & a_{22} \\end{pmatrix}
$$
`;

function section(n: number): string {
  const code = LANGUAGES[n % LANGUAGES.length] ?? LANGUAGES[0];
  return `
## Part ${n}: relaxation

A field that is left to itself comes to rest: each point takes the mean of its neighbours, and after enough steps nothing
changes any more. How many steps are enough depends on the longest wave in the field, because short ones die out first.
With a rate of $\\alpha_{${n}} = \\frac{\\partial f}{\\partial x}$ the sum *converges*, as
[the notes](https://example.org/notes/${n}) show[^${n}]; see \`relax\` and **table ${n}**. The error falls as $O(k^{-${n}})$,
which is slower than what a multigrid method gives, and good enough for a field of this size.
${n % 2 === 0 ? FORMULA(n) : ""}
${code?.(n)}
| run | steps | error | note |
|:----|------:|------:|:----:|
| ${n}a | ${n * 10} | 0.${n}4 | slow |
| ${n}b | ${n * 20} | 0.${n}1 | \`ok\` |
| ${n}c | ${n * 40} | 0.${n}02 | **best** |

- [x] checked by hand
- [ ] compared with part ${n + 1}, whose numbers come from another machine

[^${n}]: Measured three times; the best of them is shown.
`;
}
