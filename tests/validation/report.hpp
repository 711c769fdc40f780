// The report: rows that compare a value found with one expected, printed as they come and written as a page.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace validation {

/// Under what circumstances a value was found.
struct Setting {
    std::string sizes;             ///< of lattice, time, and whatever else was chosen
    std::string seeds = "none";    ///< of the random numbers
    std::string bias = "rounding"; ///< what is known to separate the value found from the expected one
};

/// Values of one quantity from independent seeds.
class Sample {
  public:
    explicit Sample(std::vector<double> values) : values_(std::move(values)) {}

    [[nodiscard]] double mean() const;
    /// Standard deviation of the mean, from the spread of the values.
    [[nodiscard]] double error() const;
    [[nodiscard]] std::size_t size() const { return values_.size(); }

  private:
    std::vector<double> values_;
};

/// The rows, in chapters. A row is printed when it is added.
class Report {
  public:
    explicit Report(bool is_quick);

    /// Whether only what takes seconds is wanted.
    [[nodiscard]] bool is_quick() const { return is_quick_; }
    /// How many rows failed.
    [[nodiscard]] int failures() const;
    [[nodiscard]] int rows() const;

    /// Begins a chapter; `text` says what holds in it, and who found it.
    void chapter(const std::string& title, const std::string& text);

    /// |found − expected| ≤ tolerance.
    void near(const std::string& name, double expected, double found, double tolerance, const Setting& setting);
    /// found ≤ most.
    void at_most(const std::string& name, double most, double found, const Setting& setting);
    /// The mean of independent values ≤ most. The row shows its error from their spread.
    void at_most(const std::string& name, double most, const Sample& found, const Setting& setting);
    /// found ≥ least.
    void at_least(const std::string& name, double least, double found, const Setting& setting);
    /// The mean of independent values: |found − expected| ≤ 5 σ + bias, σ being its error from their spread. `bias` is
    /// a bound of what setting.bias names.
    void statistic(const std::string& name, double expected, const Sample& found, double bias, const Setting& setting);
    /// The same for a value and its error that were found in another way.
    void statistic(const std::string& name, double expected, double found, double sigma, double bias,
                   const Setting& setting);

    /// Shows on a terminal how far a long row is: `done` of `all`.
    void progress(const std::string& name, int done, int all) const;

    /// Writes all rows as a page in Markdown.
    void write(const std::string& path) const;

  private:
    struct Row {
        std::string name;
        std::string expected;
        std::string found;
        std::string tolerance;
        Setting setting;
        bool passed;
    };
    struct Chapter {
        std::string title;
        std::string text;
        std::vector<Row> rows;
    };

    void add(Row row);
    [[nodiscard]] double seconds() const;

    bool is_quick_;
    std::chrono::steady_clock::time_point begin_;
    std::vector<Chapter> chapters_;
};

/// A number with so many significant digits.
[[nodiscard]] std::string text(double value, int digits = 6);

} // namespace validation
