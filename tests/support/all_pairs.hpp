// All pairs: few rows of a table of factors, in which every pair of values of every two factors occurs.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace test {

/// Values by their numbers, one for each factor.
using Row = std::vector<std::size_t>;

/// Greedy, one row at a time, in the manner of D. M. Cohen et al., "The AETG system", IEEE Transactions on Software
/// Engineering 23 (1997) 437: a row begins with a pair that is missing, and every other factor takes the value that
/// makes the most of the pairs that are missing. The same rows on every machine.
class AllPairs {
  public:
    /// counts[f]: how many values factor f has.
    explicit AllPairs(std::vector<std::size_t> counts) : counts_(std::move(counts)) {
        for (const std::size_t count : counts_) {
            offsets_.push_back(values_);
            values_ += count;
        }
        is_covered_.assign(values_ * values_, false);
        for (std::size_t f = 0; f < counts_.size(); ++f)
            for (std::size_t g = f + 1; g < counts_.size(); ++g)
                for (std::size_t a = 0; a < counts_[f]; ++a)
                    for (std::size_t b = 0; b < counts_[g]; ++b)
                        if (!is_covered(f, a, g, b)) add_row(f, a, g, b);
    }

    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }

  private:
    static constexpr std::size_t open = static_cast<std::size_t>(-1);

    [[nodiscard]] bool is_covered(std::size_t f, std::size_t a, std::size_t g, std::size_t b) const {
        return is_covered_[(offsets_[f] + a) * values_ + offsets_[g] + b];
    }

    void add_row(std::size_t f, std::size_t a, std::size_t g, std::size_t b) {
        Row row(counts_.size(), open);
        row[f] = a;
        row[g] = b;
        for (std::size_t h = 0; h < row.size(); ++h)
            if (row[h] == open) row[h] = best_value(row, h);
        for (std::size_t h = 0; h < row.size(); ++h)
            for (std::size_t k = 0; k < row.size(); ++k)
                is_covered_[(offsets_[h] + row[h]) * values_ + offsets_[k] + row[k]] = true;
        rows_.push_back(std::move(row));
    }

    // Where several are as good, the next one in turn, so that those that nobody needs are as frequent as others.
    [[nodiscard]] std::size_t best_value(const Row& row, std::size_t h) const {
        std::size_t best = 0;
        std::size_t most = 0;
        for (std::size_t turn = 0; turn < counts_[h]; ++turn) {
            const std::size_t value = (turn + rows_.size()) % counts_[h];
            std::size_t gain = 1;
            for (std::size_t k = 0; k < row.size(); ++k)
                if (row[k] != open && !is_covered(h, value, k, row[k])) ++gain;
            if (gain <= most) continue;
            most = gain;
            best = value;
        }
        return best;
    }

    std::vector<std::size_t> counts_;
    std::vector<std::size_t> offsets_; // of a factor's values among all values
    std::size_t values_ = 0;
    std::vector<bool> is_covered_;
    std::vector<Row> rows_;
};

} // namespace test
