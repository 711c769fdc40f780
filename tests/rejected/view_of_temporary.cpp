// A view of a temporary field would outlive the cells.
// Says: deleted
#include <kuramoto/kuramoto.hpp>

kuramoto::Field<float> make();

void use() {
#if defined(KURAMOTO_REJECTED)
    const kuramoto::Grid<const float> view = static_cast<const kuramoto::Field<float>&&>(make());
#else
    const kuramoto::Field<float> field = make();
    const kuramoto::Grid<const float> view = field;
#endif
    static_cast<void>(view);
}
