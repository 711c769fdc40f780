// A policy runs tasks.
// Unsatisfied: ExecutionPolicy
#include <kuramoto/kuramoto.hpp>

struct Inline {
#if !defined(KURAMOTO_REJECTED)
    template <class Task> void run(int count, const Task& task) const {
        for (int i = 0; i < count; ++i) task(i);
    }
#endif
    int concurrency() const { return 1; }
};

void use(const kuramoto::Field<float>& theta, kuramoto::Field<float>& rate) {
    kuramoto::apply(Inline{}, kuramoto::SineLaplacian{.K = 2.0}, theta, rate);
}
