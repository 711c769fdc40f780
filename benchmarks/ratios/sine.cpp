// The library's vector sine by itself, over an array.
#include "module.hpp"

#include "../library_sine.hpp"

#include <kuramoto/execution/isa.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace km = kuramoto;

namespace {

km::Isa isa_of(const std::string& name) {
    for (const km::Isa isa : {km::Isa::avx512, km::Isa::avx2})
        if (name == km::name(isa)) return isa;
    return km::Isa::baseline;
}

} // namespace

/// y = sin x, `times` times over. `count` is a multiple of 16.
RATIOS_EXPORT void sine_fill(const char* isa, int is_double, const void* x, void* y, std::size_t count,
                             std::int64_t times) {
    const auto sine_of_floats = suite::library_sine<float>(isa_of(isa));
    const auto sine_of_doubles = suite::library_sine<double>(isa_of(isa));
    for (std::int64_t k = 0; k < times; ++k) {
        if (is_double != 0)
            sine_of_doubles(static_cast<const double*>(x), static_cast<double*>(y), count);
        else
            sine_of_floats(static_cast<const float*>(x), static_cast<float*>(y), count);
    }
}
