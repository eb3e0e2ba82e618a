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

/// A region of a workload: one year of costs, shared by one key.
#[derive(Clone, Copy, Debug)]
pub struct RegionWorkload {
    /// Every draw follows from it.
    pub seed: u64,
    /// The number of members.
    pub municipalities: u16,
    /// The number of cost groups; every fourth has a stop-loss and clients.
    pub groups: u32,
    /// The number of costs over all of them.
    pub costs: u64,
}

impl RegionWorkload {
    /// The commands of a region `region` in order, one line of JSON each, without a newline. Every one of them is taken.
    pub fn lines(self) -> impl Iterator<Item = String> {
        self.lines_of("region")
    }

    /// The same for a region with this id.
    pub fn lines_of(self, region: &str) -> impl Iterator<Item = String> {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        let region = region.to_owned();
        self.opening(&region)
            .into_iter()
            .chain((0..self.costs).map(move |number| self.cost(&region, number, &mut random)))
    }

    fn opening(self, region: &str) -> Vec<String> {
        let decision = r#"{"reference":"Besluit AB 2020-03","by":"joint-body","decidedOn":"2020-03-01"}"#;
        let mut lines = vec![format!(
            r#"{{"type":"establishRegion","region":"{region}","title":"Regio","body":"Dienst","bookingDate":"2020-01-01"}}"#
        )];
        for code in 1..=self.municipalities {
            lines.push(format!(
                r#"{{"type":"admitMunicipality","region":"{region}","municipality":"GM{code:04}","name":"Gemeente {code}","from":"2020-01-01"}}"#
            ));
        }
        for group in 0..self.groups {
            let threshold = if group % 4 == 3 {
                r#","threshold":"75000.00""#
            } else {
                ""
            };
            lines.push(format!(
                r#"{{"type":"defineCostGroup","region":"{region}","group":"group-{group}","title":"Groep {group}","key":"inwoners"{threshold},"decision":{decision},"bookingDate":"2020-03-01"}}"#
            ));
            lines.push(format!(
                r#"{{"type":"schedulePhaseOut","region":"{region}","group":"group-{group}","steps":[{{"year":2021,"degree":"2/3"}},{{"year":2022,"degree":"1/3"}},{{"year":2023,"degree":"0"}}],"decision":{decision},"bookingDate":"2020-03-01"}}"#
            ));
        }
        let weights: Vec<String> = (1..=self.municipalities)
            .map(|code| format!(r#""GM{code:04}":"{}""#, 5_000 + u32::from(code) * 733 % 90_000))
            .collect();
        lines.push(format!(
            r#"{{"type":"setDistributionKey","region":"{region}","key":"inwoners","year":2021,"weights":{{{}}},"source":"voorbeeld","bookingDate":"2021-01-01"}}"#,
            weights.join(",")
        ));
        lines
    }

    fn cost(self, region: &str, number: u64, random: &mut ChaCha8Rng) -> String {
        let group = random.next_u32() % self.groups;
        let code = random.next_u32() % u32::from(self.municipalities) + 1;
        let cents = u64::from(random.next_u32() % 5_000_000) + 1;
        let (month, day) = (random.next_u32() % 12 + 1, random.next_u32() % 28 + 1);
        let client = match group % 4 {
            3 => format!(r#","client":"client-{}""#, random.next_u32() % 5_000),
            _ => String::new(),
        };
        format!(
            r#"{{"type":"recordCost","region":"{region}","group":"group-{group}","municipality":"GM{code:04}","cost":"K-{number:09}","year":2021,"amount":"{}"{client},"bookingDate":"2021-{month:02}-{day:02}"}}"#,
            money(cents),
        )
    }
}

fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
