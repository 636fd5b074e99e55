package com.acme;

import static com.acme.tables.Tables.GREETING;

import org.jooq.DSLContext;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class Application {
  private final DSLContext database;

  Application(DSLContext database) {
    this.database = database;
  }

  public static void main(String[] args) {
    SpringApplication.run(Application.class, args);
  }

  @GetMapping("/")
  String hello() {
    return database.select(GREETING.TEXT).from(GREETING).fetchSingle(GREETING.TEXT);
  }
}
