//! Seeded commands of any number: the same seed gives the same commands.

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// What a workload is made of.
#[derive(Clone, Copy, Debug)]
pub struct Workload {
    /// Every draw follows from it.
    pub seed: u64,
    /// The number of programmes, one per municipality.
    pub programmes: u32,
    /// The number of projects in each.
    pub projects: u32,
    /// The number of expenditures over all of them.
    pub expenditures: u64,
}

impl Workload {
    /// The commands in order, one line of JSON each, without a newline. Every one of them is taken.
    pub fn lines(self) -> impl Iterator<Item = String> {
        let opening = (0..self.programmes).flat_map(move |programme| self.opening(programme));
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        opening.chain((0..self.expenditures).map(move |number| self.expenditure(number, &mut random)))
    }

    fn opening(self, programme: u32) -> Vec<String> {
        let decision = r#"{"reference":"Raadsbesluit 2019-06","by":"council","decidedOn":"2019-06-01"}"#;
        let budget_cents: u64 = 100_000_000_000;
        let mut lines = vec![format!(
            r#"{{"type":"establishProgramme","programme":"p-{programme}","title":"Investeringsplan {programme}","municipality":"GM{:04}","startsOn":"2019-01-01","endsOn":"2022-12-31","authorised":"{}","decision":{decision},"bookingDate":"2019-06-01"}}"#,
            programme % 10_000,
            money(budget_cents * u64::from(self.projects)),
        )];
        for project in 0..self.projects {
            lines.push(format!(
                r#"{{"type":"openProject","programme":"p-{programme}","project":"project-{project}","title":"Project {project}","theme":"Thema {}","taakveld":"6.1","bookingDate":"2019-06-01"}}"#,
                project % 3,
            ));
            lines.push(format!(
                r#"{{"type":"allocateBudget","programme":"p-{programme}","project":"project-{project}","amount":"{}","decision":{decision},"bookingDate":"2019-06-01"}}"#,
                money(budget_cents),
            ));
        }
        lines
    }

    fn expenditure(self, number: u64, random: &mut ChaCha8Rng) -> String {
        let programme = random.next_u32() % self.programmes;
        let project = random.next_u32() % self.projects;
        let cents = u64::from(random.next_u32() % 1_000_000) + 1;
        let day = random.next_u32() % (4 * 336);
        let (year, month, day) = (2019 + day / 336, day / 28 % 12 + 1, day % 28 + 1);
        format!(
            r#"{{"type":"postExpenditure","programme":"p-{programme}","project":"project-{project}","expenditure":"F-{number:09}","amount":"{}","supplier":"Leverancier {}","description":"Inzet week {}","bookingDate":"{year:04}-{month:02}-{day:02}"}}"#,
            money(cents),
            random.next_u32() % 500,
            random.next_u32() % 52 + 1,
        )
    }
}

fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
