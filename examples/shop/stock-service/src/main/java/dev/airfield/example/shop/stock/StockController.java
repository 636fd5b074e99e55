package dev.airfield.example.shop.stock;

import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
class StockController {

  private final StringRedisTemplate redis;

  StockController(StringRedisTemplate redis) {
    this.redis = redis;
  }

  @GetMapping("/stock/{product}")
  Stock stock(@PathVariable String product) {
    String count = redis.opsForValue().get(product);
    return new Stock(product, count == null ? 0 : Long.parseLong(count));
  }

  @PostMapping("/stock/{product}")
  Stock change(@PathVariable String product, @RequestParam long change) {
    Long count = redis.opsForValue().increment(product, change);
    return new Stock(product, count == null ? 0 : count);
  }

  record Stock(String product, long count) {}
}
