#include "report.hpp"

#include <kuramoto/version.hpp>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <utility>

#include <unistd.h>

namespace validation {
namespace {

/// What precedes the tables of the page.
constexpr const char* head = R"(# Validation

The library compared with exact and published results. To reproduce this page (15 minutes):

```sh
cmake --workflow --preset validation
```

The workflow writes the page to `build/validation/validation.md`.

Phases are in rad. θ is the phase, ω the natural frequency, K the coupling strength and D the noise strength of
[the model](model.md). The sum over neighbours is not divided by their number. [References](references.md) lists the
literature.

Times are in the unit of time in which K, γ and ω are given. If a line and its section give none of K, γ and ω, then
K = 1.

**How to read the tables.** Each line is one check.

- σ is the standard error of a mean over independent repetitions with different seeds.
- *Seeds used* lists the seeds. If a repetition uses several seeds, the number of repetitions follows in brackets.
- A known bias is a known cause of a difference other than chance, for example the error of a time step.
- A statistical check passes if found and expected value differ by at most 5 σ plus the bound of the known bias.
- The other checks have a fixed tolerance. With ≤ or ≥, the expected value is a bound.

**Expected values.** Most are exact results. Those for coarsening, for random frequencies in two dimensions and for the
transition of the XY model are published results. In the sections on sampling and on mean-field coupling with inertia,
some are from an independent computation in the same program. In the sections on coarsening, on sampling and on inertia,
some are bounds that we chose. Four lines have an expected value from a source that is neither published nor named here.
Their column *known bias* says so. These four checks detect later changes, but confirm nothing.

We did not choose seeds by their results. If the result of a first run influenced a setting, the section says so.
[Parts without a check](#parts-without-a-check) lists what the tables do not cover.

)";

/// What follows them.
constexpr const char* tail = R"(
## Parts without a check

The tables do not cover the following parts. The unit tests compare them with known results:

- Phase lag of a lattice or a mean field: the rate in long double. A synchronous torus rotates at ω − 4K sin α.
- Inertia: exact factors of linear modes without noise. A mass and a damping per cell: the variances of linear modes.
- `integrate`: the exact solution and the beat frequency of two cells, order 5.
- Fixed phases and fluxes along the edges: a straight line between two fixed phases, with linear coupling.
- Bond strengths and removed cells: the rate in long double, and Σ dθ/dt = Σω.

The recipe [Two populations](recipes.md#two-populations) reproduces the order parameter 0.729 of a chimera state (Abrams
et al. 2008).
)";

/// Enough digits of a value to see how it differs from another by a part of `tolerance`.
int digits_for(double value, double tolerance) {
    if (!(tolerance > 0) || value == 0) return 6;
    const double digits = std::ceil(std::log10(std::fabs(value) / tolerance)) + 2;
    return digits < 3 ? 3 : digits > 16 ? 16 : static_cast<int>(digits);
}

/// As the cell of a table in Markdown.
std::string cell(const std::string& text) {
    std::string escaped;
    for (const char letter : text) escaped += letter == '|' ? "\\|" : std::string(1, letter);
    return " " + escaped + " |";
}

} // namespace

std::string text(double value, int digits) {
    char buffer[64];
    std::snprintf(buffer, sizeof buffer, "%.*g", digits, value);
    return buffer;
}

double Sample::mean() const {
    double sum = 0;
    for (const double value : values_) sum += value;
    return sum / static_cast<double>(values_.size());
}

double Sample::error() const {
    const double centre = mean();
    double squares = 0;
    for (const double value : values_) squares += (value - centre) * (value - centre);
    const auto count = static_cast<double>(values_.size());
    return std::sqrt(squares / (count - 1) / count);
}

Report::Report(bool is_quick) : is_quick_(is_quick), begin_(std::chrono::steady_clock::now()) {}

int Report::failures() const {
    int count = 0;
    for (const Chapter& chapter : chapters_)
        for (const Row& row : chapter.rows) count += row.passed ? 0 : 1;
    return count;
}

int Report::rows() const {
    int count = 0;
    for (const Chapter& chapter : chapters_) count += static_cast<int>(chapter.rows.size());
    return count;
}

double Report::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

void Report::chapter(const std::string& title, const std::string& text) {
    chapters_.push_back({title, text, {}});
    std::printf("\n%s\n", title.c_str());
    std::fflush(stdout);
}

void Report::near(const std::string& name, double expected, double found, double tolerance, const Setting& setting) {
    add({name, text(expected, digits_for(expected, tolerance)), text(found, digits_for(found, tolerance)),
         tolerance > 0 ? "± " + text(tolerance, 2) : "exactly", setting, std::fabs(found - expected) <= tolerance});
}

void Report::at_most(const std::string& name, double most, double found, const Setting& setting) {
    add({name, "≤ " + text(most, 3), text(found, 3), "a bound", setting, found <= most});
}

void Report::at_most(const std::string& name, double most, const Sample& found, const Setting& setting) {
    const std::string digits = text(found.mean(), 3) + " (σ = " + text(found.error(), 2) + ")";
    add({name, "≤ " + text(most, 3), digits, "a bound", setting, found.mean() <= most});
}

void Report::at_least(const std::string& name, double least, double found, const Setting& setting) {
    add({name, "≥ " + text(least, 3), text(found, 3), "a bound", setting, found >= least});
}

void Report::statistic(const std::string& name, double expected, const Sample& found, double bias,
                       const Setting& setting) {
    statistic(name, expected, found.mean(), found.error(), bias, setting);
}

void Report::statistic(const std::string& name, double expected, double found, double sigma, double bias,
                       const Setting& setting) {
    const double tolerance = 5 * sigma + bias;
    std::string how = "± " + text(tolerance, 2) + " = 5 σ";
    if (bias > 0) how += " + " + text(bias, 2);
    const std::string digits = text(found, digits_for(found, sigma)) + " (σ = " + text(sigma, 2) + ")";
    add({name, text(expected, digits_for(expected, sigma)), digits, how, setting,
         std::fabs(found - expected) <= tolerance && sigma > 0});
}

void Report::progress(const std::string& name, int done, int all) const {
    if (isatty(STDERR_FILENO) == 0) return;
    std::fprintf(stderr, "\r\033[K      %s: %d of %d, %.0f s", name.c_str(), done, all, seconds());
    std::fflush(stderr);
}

void Report::add(Row row) {
    if (isatty(STDERR_FILENO) != 0) std::fprintf(stderr, "\r\033[K");
    std::printf("%s  %s: %s, expected %s, %s\n", row.passed ? "PASS" : "FAIL", row.name.c_str(), row.found.c_str(),
                row.expected.c_str(), row.tolerance.c_str());
    std::printf("      %s; seeds: %s; bias: %s\n", row.setting.sizes.c_str(), row.setting.seeds.c_str(),
                row.setting.bias.c_str());
    std::fflush(stdout);
    chapters_.back().rows.push_back(std::move(row));
}

void Report::write(const std::string& path) const {
    std::ofstream page(path);
    page << head << "Version " << kuramoto::version_major << '.' << kuramoto::version_minor << '.'
         << kuramoto::version_patch << ": " << rows() << " checks, " << failures() << " failed.\n";
    for (const Chapter& chapter : chapters_) {
        page << "\n## " << chapter.title << "\n\n" << chapter.text << "\n\n";
        page << "| check | expected | found | tolerance | setting | seeds used | known bias | result "
                "|\n|---|---|---|---|---|---|---|---|\n";
        for (const Row& row : chapter.rows)
            page << '|' << cell(row.name) << cell(row.expected) << cell(row.found) << cell(row.tolerance)
                 << cell(row.setting.sizes) << cell(row.setting.seeds) << cell(row.setting.bias)
                 << cell(row.passed ? "PASS" : "FAIL") << '\n';
    }
    page << tail;
    page.close();
    if (!page) throw std::runtime_error("cannot write " + path);
}

} // namespace validation
