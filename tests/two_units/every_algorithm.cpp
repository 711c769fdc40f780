// Prints a hash of the results of every algorithm for each instruction set, for comparison between builds.
#include "support/every_algorithm.hpp"
#include "support/policies.hpp"

#include <cinttypes>
#include <cstdio>

namespace {

void print(const char* precision, const char* policy, const std::vector<test::Witness>& witnesses) {
    for (const test::Witness& witness : witnesses)
        std::printf("%s, %s, %s: %016" PRIx64 "\n", precision, policy, witness.algorithm.c_str(), witness.hash);
}

template <class T> void print_all(const char* precision) {
    for (const test::km::Isa isa : test::supported_isas())
        print(precision, name(isa), test::witnesses<T>(test::km::Fused{.isa = isa}));
    print(precision, "Serial", test::witnesses<T>(test::km::Serial{}));
}

} // namespace

int main() {
    print_all<float>("float");
    print_all<double>("double");
}
