// Fixed phases at an edge forbid a rotating frame: the call has to name the edges.
// Says: the boundary or the model precedes omega
// Lines: 15
#include <kuramoto/kuramoto.hpp>

void use(kuramoto::Field<float>& theta, kuramoto::Field<float>& other) {
    const kuramoto::Model model{kuramoto::SineLaplacian{.K = 2.0}, 0.0};
    const kuramoto::InertialModel inertial{kuramoto::Inertia{}, model};
#if defined(KURAMOTO_REJECTED)
    kuramoto::enter_rotating_frame(other);
#else
    kuramoto::enter_rotating_frame(model, other);
#endif
    static_cast<void>(other);
    static_cast<void>(inertial);
    static_cast<void>(theta);
}
