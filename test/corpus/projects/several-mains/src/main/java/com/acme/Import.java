package com.acme;

public class Import {
  public static void main(String[] args) {
    System.out.println("imports nothing");
  }
}
