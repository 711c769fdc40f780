// Wrong calls in a unit that has exceptions and checked indices.
#include "two_units.hpp"

#include <kuramoto/kuramoto.hpp>

#include <exception>

namespace {

template <class Call> int is_refused(const Call& call) {
    try {
        call();
    } catch (const std::exception&) {
        return 1;
    }
    return 0;
}

} // namespace

int refusals() {
    namespace km = kuramoto;
    km::Field<float> field(2, 3);
    const km::Model model{km::SineLaplacian{.K = 1.0}, 0.0};
    int count = 0;
    count += is_refused([] { km::Field<float> wrong(-1, 2); });
    count += is_refused([] { km::Grid<double> wrong(nullptr, 2, 2); });
    count += is_refused([&] { static_cast<void>(field.subgrid(1, 1, 5, 5)); });
    count += is_refused([&] { field(1, 3) = 1; });
    count += is_refused([&] { field.view()(2, 0) = 1; });
    count += is_refused([&] { km::Simulation(model, field, km::Euler{.dt = 7.0}); });
    count += is_refused([&] { km::Simulation(model, field, km::Euler{.dt = 0.1}).run(km::Fused{}, -1); });
    return count;
}
