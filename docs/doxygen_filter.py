#!/usr/bin/env python3
"""What Doxygen reads in place of a header or a page: the same lines, with what Doxygen needs.

Usage: doxygen_filter.py <file>

Header: its names are in the group of its folder; docs/groups.dox defines the groups. What names the build is left out:
the inline namespace, whose names are those of kuramoto, and the template head of members. Deduction guides are left
out: the class that they make says what is deduced. The declarations of sincos lose the parentheses around the name,
which Doxygen reads as a cast. (The name is in parentheses because it may be a macro.)

Page: each heading gets the label that links to it use on GitHub, with the name of the page in front.
"""

import pathlib
import re
import sys

# Headers at the top of include/kuramoto, and the group of their names.
GROUPS = {
    "checkpoint": "files",
    "fftw": "observables",
    "math": "model",
    "npy": "files",
    "npy_series": "files",
    "odeint": "run",
    "openmp": "execution",
    "threads": "execution",
}
GUIDE = re.compile(r"^template <(?:[^;{}]|\{\})*?\)\s*->(?:[^;{}]|\{\})*;", flags=re.M)


def group_of(header):
    return GROUPS.get(header.stem) if header.parent.name == "kuramoto" else header.parent.name


def header(path, text):
    text = GUIDE.sub(lambda guide: "\n" * guide.group().count("\n"), text).replace("(sincos)(", " sincos(")
    text = re.sub(r"^KURAMOTO_BEGIN_NAMESPACE$", "namespace kuramoto {", text, flags=re.M)
    text = re.sub(r"^KURAMOTO_END_NAMESPACE$", "} // namespace kuramoto", text, flags=re.M)
    text = re.sub(r"\bKURAMOTO_PER_BUILD\b", "", text)
    group = group_of(path)
    if group:
        begin = rf"namespace kuramoto {{ /** @addtogroup {group} */ /** @{{ */"
        text = re.sub(r"^namespace kuramoto \{$", begin, text, flags=re.M)
        text = re.sub(r"^\} // namespace kuramoto$", "/** @} */ } // namespace kuramoto", text, flags=re.M)
    return text


def page(path, text):
    labels = set()

    def with_label(heading):
        anchor = re.sub(r"[^\w\- ]", "", heading.group(2).lower()).replace(" ", "-")
        label = f"{path.stem.lower()}-{anchor}"
        if label in labels or not label.isascii():
            return heading.group()
        labels.add(label)
        return f"{heading.group()} {{#{label}}}"

    parts = re.split(r"(^```.*?^```$)", text, flags=re.M | re.S)
    for k in range(0, len(parts), 2):  # the others are blocks of code
        parts[k] = re.sub(r"^(##+) (.*)$", with_label, parts[k], flags=re.M)
        parts[k] = re.sub(r"\]\(#", f"](#{path.stem.lower()}-", parts[k])
        parts[k] = re.sub(r"\]\((?:docs/|\.\./)?(\w+)\.md#", lambda to: f"](#{to.group(1).lower()}-", parts[k])
    return "".join(parts)


def main():
    path = pathlib.Path(sys.argv[1])
    text = path.read_text(encoding="utf-8")
    if path.suffix in (".hpp", ".md"):
        text = (header if path.suffix == ".hpp" else page)(path, text)
    sys.stdout.buffer.write(text.encode("utf-8"))


if __name__ == "__main__":
    main()
