package com.acme.greeting;

public final class Greeting {
  private Greeting() {}

  public static String from(String name) {
    return "hello from " + name;
  }
}
