package dev.airfield.example.shop.stock;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class StockServiceApplication {

  public static void main(String[] args) {
    SpringApplication.run(StockServiceApplication.class, args);
  }
}
