// The order of arguments: stepper, model.
// Says: the stepper precedes the model
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(kuramoto::Field<float>& theta, kuramoto::Field<float>& other) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.0};
    const kuramoto::InertialModel inertial{kuramoto::Inertia{}, model};
#if defined(KURAMOTO_REJECTED)
    static_cast<void>(kuramoto::max_stable_dt(model, kuramoto::Euler{}));
#else
    static_cast<void>(kuramoto::max_stable_dt(kuramoto::Euler{}, model));
#endif
    static_cast<void>(other);
    static_cast<void>(inertial);
    static_cast<void>(theta);
}
