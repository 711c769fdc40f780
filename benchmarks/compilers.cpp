// compilers: the library by every compiler of this machine, at -O2 and at -O3 -march=native. The modules that the
// target `compilers` has built are loaded; without them there are no such cases.
#include "lattice.hpp"
#include "variant.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace suite {
namespace {

template <class T> void add_variant(const std::string& variant, Advance<T> advance_variant) {
    constexpr std::ptrdiff_t n = 512;
    add("compilers/" + variant + "/" + name_of<T>, false, [=](benchmark::State& state) {
        Lattice<T> lattice(n);
        const std::int64_t steps = steps_for(n);
        for (auto _ : state)
            advance_variant(lattice.theta.data(), lattice.omega.data(), n, steps, coupling_strength, time_step);
        count(state, static_cast<double>(n * n * steps));
    });
}

} // namespace

void add_compilers() {
    std::vector<std::filesystem::path> modules;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(SUITE_VARIANTS, none)) modules.push_back(entry.path());
    std::sort(modules.begin(), modules.end());
    for (const std::filesystem::path& path : modules) {
        if (path.extension() != ".so") continue;
        void* const module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL); // for the rest of the process
        const void* const found = module != nullptr ? dlsym(module, "kuramoto_variant") : nullptr;
        if (found == nullptr) continue;
        const Variant& variant = *static_cast<const Variant*>(found);
        add_variant<float>(path.stem(), variant.float32);
        add_variant<double>(path.stem(), variant.float64);
    }
}

} // namespace suite
