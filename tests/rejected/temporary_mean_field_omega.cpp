// A mean-field model views its frequencies: those of a temporary would be gone.
// Says: deleted
#include <kuramoto/kuramoto.hpp>

#include <utility>

void use(kuramoto::Field<float> omega) {
#if defined(KURAMOTO_REJECTED)
    const kuramoto::MeanFieldModel model{kuramoto::MeanField{}, std::move(omega)};
#else
    const kuramoto::MeanFieldModel model{kuramoto::MeanField{}, omega};
#endif
    static_cast<void>(model);
}
