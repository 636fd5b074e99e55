package dev.airfield.example.user;

import static org.hamcrest.Matchers.is;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.web.servlet.MockMvc;

@SpringBootTest(properties = "HOSTNAME=user-service-test")
@AutoConfigureMockMvc
class UserServiceApplicationTests {

    @Autowired
    private MockMvc http;

    @Test
    void answersWithTheUserAndThePodThatServedIt() throws Exception {
        http.perform(get("/user/1"))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.id", is(1)))
                .andExpect(jsonPath("$.name", is("Ada")))
                .andExpect(jsonPath("$.email", is("ada@example.com")))
                .andExpect(jsonPath("$.servedBy", is("user-service-test")));
    }

    @Test
    void saysThatThereIsNoSuchUser() throws Exception {
        http.perform(get("/user/99")).andExpect(status().isNotFound());
    }

    @Test
    void isHealthy() throws Exception {
        http.perform(get("/actuator/health")).andExpect(status().isOk()).andExpect(jsonPath("$.status", is("UP")));
    }
}
