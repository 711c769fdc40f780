// Step 8: a sine for a whole vector register at once. The coupling is called with lanes of phase differences; here it
// is not odd by its own account, so that the row kernel takes four sines per cell, as the loops before.
#include "tour.hpp"

namespace {

struct FourSines {
    static constexpr bool odd = false;
    template <class V> KURAMOTO_ALWAYS_INLINE V operator()(const V& difference) const {
        return kuramoto::sin(difference);
    }
};

} // namespace

int main(int argc, char** argv) {
    return tour::run<double>("8 vector sine, four per cell", argc, argv, [](tour::State<double>& s, long steps) {
        const tour::km::Model model{tour::km::Laplacian<FourSines>{.K = tour::K}, s.omega_grid()};
        tour::km::advance(tour::km::Fused{.depth = 1}, tour::km::Euler{.dt = tour::dt}, model, s.theta_grid(), steps);
    });
}
