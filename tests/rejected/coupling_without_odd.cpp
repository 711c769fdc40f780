// A coupling says whether it is odd.
// Unsatisfied: SaysWhetherOdd
#include <kuramoto/kuramoto.hpp>

struct Skewed {
#if !defined(KURAMOTO_REJECTED)
    static constexpr bool odd = false;
#endif
    template <class V> V operator()(V d) const { return kuramoto::sin(d) + 0.1f * kuramoto::cos(d); }
};

void use(const kuramoto::Field<float>& theta, kuramoto::Field<float>& rate) {
    kuramoto::apply(kuramoto::Fused{}, kuramoto::Laplacian<Skewed>{.K = 2.0}, theta, rate);
}
