// Isa: the instruction sets of the kernels, which of them this processor has, and which one is chosen at run time.
#pragma once

#include <kuramoto/detail/build/config.hpp>
#include <kuramoto/detail/build/errors.hpp>

namespace kuramoto {

/// Instruction set of the kernels.
///
/// Every program contains the kernels of all sets, for any build flags, and chooses at run time. Results are
/// bit-identical within a class: `avx2` and `avx512` have a fused multiply-add; `baseline` on x86-64 has not, and
/// differs in the last bits.
enum class Isa {
    automatic, ///< the best one of this processor
    baseline,  ///< the set of every processor of the architecture, SSE2 on x86-64; 16-byte vectors
    avx2,      ///< x86-64 with AVX2 and FMA; 32-byte vectors
    avx512,    ///< x86-64 with AVX-512 F, VL, BW and DQ; 64-byte vectors
};

/// The name of the instruction set, for messages and benchmarks.
[[nodiscard]] constexpr const char* name(Isa isa) noexcept {
    switch (isa) {
    case Isa::automatic:
        return "automatic";
    case Isa::baseline:
        return "baseline";
    case Isa::avx2:
        return "avx2";
    case Isa::avx512:
        return "avx512";
    }
    return "unknown";
}

/// Whether this processor can run the kernels of `isa`.
[[nodiscard]] inline bool is_supported(Isa isa) noexcept {
    switch (isa) {
    case Isa::automatic:
    case Isa::baseline:
        return true;
#if KURAMOTO_X86
    case Isa::avx2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case Isa::avx512:
        return is_supported(Isa::avx2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
#else
    case Isa::avx2:
    case Isa::avx512:
        break;
#endif
    }
    return false;
}

/// The best instruction set of this processor; never `automatic`.
[[nodiscard]] inline Isa best_isa() noexcept {
    static const Isa best = is_supported(Isa::avx512) ? Isa::avx512
                            : is_supported(Isa::avx2) ? Isa::avx2
                                                      : Isa::baseline;
    return best;
}

namespace detail {

/// `isa` with `automatic` decided. Throws std::invalid_argument for a set that this processor lacks.
[[nodiscard]] inline Isa resolve(Isa isa) {
    if (isa == Isa::automatic) return best_isa();
    if (!is_supported(isa)) invalid_argument(string_of("isa = ") + name(isa) + " is not available on this processor");
    return isa;
}

} // namespace detail
} // namespace kuramoto
