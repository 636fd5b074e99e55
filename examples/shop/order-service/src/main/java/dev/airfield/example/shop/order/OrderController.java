package dev.airfield.example.shop.order;

import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

@RestController
class OrderController {

  private final JdbcClient jdbc;
  private final RestClient stock;
  private final int maxQuantity;
  private final boolean hasApiKey;

  OrderController(
      JdbcClient jdbc,
      RestClient.Builder clients,
      @Value("${stock.url}") String stockUrl,
      @Value("${order.max-quantity}") int maxQuantity,
      @Value("${payment.api-key:}") String apiKey) {
    this.jdbc = jdbc;
    this.stock = clients.baseUrl(stockUrl).build();
    this.maxQuantity = maxQuantity;
    this.hasApiKey = !apiKey.isEmpty();
  }

  @PostMapping("/orders/{product}")
  Order order(@PathVariable String product, @RequestParam(defaultValue = "1") int quantity) {
    int allowed = Math.min(quantity, maxQuantity);
    stock.post().uri("/stock/{product}?change={n}", product, -allowed).retrieve().toBodilessEntity();
    return jdbc.sql("insert into orders (product, quantity) values (?, ?) returning *")
        .params(product, allowed)
        .query(Order.class)
        .single();
  }

  @GetMapping("/orders")
  List<Order> orders() {
    return jdbc.sql("select * from orders order by id").query(Order.class).list();
  }

  @GetMapping("/settings")
  Settings settings() {
    return new Settings(maxQuantity, hasApiKey);
  }

  record Settings(int maxQuantity, boolean hasApiKey) {}
}
