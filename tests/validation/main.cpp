// Compares the library with exact results and with what others have measured: see docs/validation.md.
#include "topics.hpp"

#include <cstdio>
#include <exception>
#include <string>

namespace {

constexpr const char* usage = "usage: kuramoto-validation [--quick] [page.md]\n"
                              "  --quick   only the checks that take seconds\n"
                              "  page.md   where to write the table\n";

} // namespace

int main(int count, char** arguments) try {
    bool is_quick = false;
    std::string page;
    for (int k = 1; k < count; ++k) {
        const std::string argument = arguments[k];
        if (argument == "--quick") {
            is_quick = true;
        } else if (page.empty() && argument.rfind('-', 0) != 0) {
            page = argument;
        } else {
            std::fputs(usage, argument == "--help" ? stdout : stderr);
            return argument == "--help" ? 0 : 2;
        }
    }
    validation::Report report(is_quick);
    for (const auto topic :
         {validation::exact_solutions, validation::stepper_rows, validation::topology, validation::noise,
          validation::sampling, validation::inertia, validation::mean_field, validation::inertial_mean_field,
          validation::coarsening, validation::disorder, validation::transition, validation::rough_phases})
        topic(report);
    if (!page.empty()) report.write(page);
    std::printf("\n%d checks, %d failed\n", report.rows(), report.failures());
    return report.failures() == 0 ? 0 : 1;
} catch (const std::exception& error) {
    std::fprintf(stderr, "kuramoto-validation: %s\n", error.what());
    return 2;
}
