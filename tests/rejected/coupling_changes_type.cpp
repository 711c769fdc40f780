// A coupling maps lanes to lanes; one that knows a single number only goes through each_lane.
// Unsatisfied: MapsLanes
#include <kuramoto/kuramoto.hpp>

struct Cubed {
    static constexpr bool odd = true;
#if defined(KURAMOTO_REJECTED)
    float operator()(float d) const { return d * d * d; }
#else
    template <class V> V operator()(V d) const {
        return kuramoto::each_lane(d, [](auto x) { return x * x * x; });
    }
#endif
};

void use(const kuramoto::Field<float>& theta, kuramoto::Field<float>& rate) {
    kuramoto::apply(kuramoto::Fused{}, kuramoto::Laplacian<Cubed>{.K = 2.0}, theta, rate);
}
