package dev.trestle.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.jspecify.annotations.Nullable;

/**
 * Joins orders with a small table of products, which is a side input: every worker holds all of it,
 * so that the orders need no grouping. Orders of unknown products go to an output of their own.
 *
 * <pre>
 * --output=PREFIX [--orders=FILE_OR_GLOB] [--products=FILE_OR_GLOB]
 * </pre>
 *
 * Orders are CSV lines {@code order,product,quantity}, products {@code product,name,price}; without
 * the options two small tables that come with the example are taken. Results are {@code
 * order,name,value} in {@code PREFIX-valued...}, and the rest as it was in {@code
 * PREFIX-unknown...}.
 */
public final class OrderValues {
  static final TupleTag<String> VALUED = new TupleTag<>("valued") {};
  static final TupleTag<String> UNKNOWN = new TupleTag<>("unknown") {};

  private OrderValues() {}

  /** What can be chosen. */
  public interface Options extends PipelineOptions {
    @Description("CSV lines 'order,product,quantity'; by default a table that comes with this.")
    @Nullable String getOrders();

    void setOrders(@Nullable String orders);

    @Description("CSV lines 'product,name,price'; by default a table that comes with this.")
    @Nullable String getProducts();

    void setProducts(@Nullable String products);

    @Description("Where the results go: files with this prefix.")
    @Validation.Required
    String getOutput();

    void setOutput(String output);
  }

  public static void main(String[] args) {
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    build(options).run().waitUntilFinish();
  }

  /** Makes the pipeline. */
  public static Pipeline build(Options options) {
    Pipeline pipeline = Pipeline.create(options);
    PCollection<String> orders = table(pipeline, "Orders", options.getOrders(), "orders.csv");
    PCollection<String> products =
        table(pipeline, "Products", options.getProducts(), "products.csv");
    PCollectionTuple results = join(orders, products);
    results.get(VALUED).apply("WriteValued", write(options, "-valued"));
    results.get(UNKNOWN).apply("WriteUnknown", write(options, "-unknown"));
    return pipeline;
  }

  /** The join itself: outputs {@link #VALUED} and {@link #UNKNOWN}. */
  static PCollectionTuple join(PCollection<String> orders, PCollection<String> products) {
    PCollectionView<Map<String, Product>> table =
        products.apply("ParseProduct", ParDo.of(new ParseProduct())).apply("Table", View.asMap());
    return orders.apply(
        "Value",
        ParDo.of(new ValueOrder())
            .withSideInput("products", table)
            .withOutputTags(VALUED, TupleTagList.of(UNKNOWN)));
  }

  private static PCollection<String> table(
      Pipeline pipeline, String name, @Nullable String file, String resource) {
    return file == null
        ? pipeline.apply(name, Create.of(linesOf(resource)))
        : pipeline.apply(name, TextIO.read().from(file));
  }

  private static TextIO.Write write(Options options, String suffix) {
    return TextIO.write().to(options.getOutput() + suffix).withNumShards(1);
  }

  private static List<String> linesOf(String resource) {
    try (InputStream in = OrderValues.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String[] cells(String line, int expected) {
    String[] cells = line.split(",", -1);
    if (cells.length != expected) {
      throw new IllegalArgumentException(
          "Expected " + expected + " cells, found " + cells.length + ": " + line);
    }
    return cells;
  }

  record Product(String name, BigDecimal price) implements Serializable {}

  static final class ParseProduct extends DoFn<String, KV<String, Product>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element String line, OutputReceiver<KV<String, Product>> products) {
      String[] cells = cells(line, 3);
      products.output(KV.of(cells[0], new Product(cells[1], new BigDecimal(cells[2]))));
    }
  }

  static final class ValueOrder extends DoFn<String, String> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element String line,
        @SideInput("products") Map<String, Product> table,
        MultiOutputReceiver results) {
      String[] cells = cells(line, 3);
      Product product = table.get(cells[1]);
      if (product == null) {
        results.get(UNKNOWN).output(line);
      } else {
        BigDecimal value = product.price().multiply(new BigDecimal(cells[2]));
        results.get(VALUED).output(cells[0] + "," + product.name() + "," + value);
      }
    }
  }
}
