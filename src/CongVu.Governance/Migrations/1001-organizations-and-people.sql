-- The Regulation's tables. {id} is a never reused key. Times are Unix milliseconds, days are texts like 2026-03-31, booleans are 0 or 1.

-- What holds for the installation: the profile by which addresses are made.
CREATE TABLE governance_settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);

-- Kinds of organizations; "rule" is the kind that the address rules take it for.
CREATE TABLE organization_kinds (
  code TEXT PRIMARY KEY,
  rule TEXT NOT NULL,
  name_vi TEXT NOT NULL,
  name_en TEXT NOT NULL);

-- registers_people: 0 its people are registered with its parent, 1 with itself, null as its kind says. state: 0 active, 1 merged, 2 dissolved.
CREATE TABLE organizations (
  id {id},
  parent_id BIGINT REFERENCES organizations(id),
  kind TEXT NOT NULL REFERENCES organization_kinds(code),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  code TEXT,
  abbreviation TEXT,
  abbreviation_reason TEXT,
  registers_people SMALLINT,
  address TEXT UNIQUE,
  account_id BIGINT UNIQUE,
  state SMALLINT NOT NULL DEFAULT 0,
  successor_id BIGINT REFERENCES organizations(id),
  created_at BIGINT NOT NULL,
  ended_at BIGINT);
CREATE INDEX organizations_parent ON organizations(parent_id);
CREATE INDEX organizations_name ON organizations(name_key);

CREATE TABLE organization_changes (
  id {id},
  organization_id BIGINT NOT NULL REFERENCES organizations(id),
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  what TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL);
CREATE INDEX organization_changes_organization ON organization_changes(organization_id);

-- A person is known by the staff code, never by the name. status: 0 in service, 1 retired, 2 resigned, 3 transferred out, 4 dead.
CREATE TABLE people (
  id {id},
  staff_code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  surname TEXT NOT NULL,
  middle TEXT NOT NULL,
  given TEXT NOT NULL,
  birth_date TEXT,
  identity_number TEXT,
  phone TEXT,
  service_start TEXT,
  status SMALLINT NOT NULL DEFAULT 0,
  address TEXT UNIQUE,
  principal_id BIGINT UNIQUE,
  account_id BIGINT UNIQUE,
  created_at BIGINT NOT NULL);
CREATE INDEX people_name ON people(name_key);

CREATE TABLE person_changes (
  id {id},
  person_id BIGINT NOT NULL REFERENCES people(id),
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  what TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL);
CREATE INDEX person_changes_person ON person_changes(person_id);

-- Where a person works or worked; to_date is the last day.
CREATE TABLE postings (
  id {id},
  person_id BIGINT NOT NULL REFERENCES people(id),
  organization_id BIGINT NOT NULL REFERENCES organizations(id),
  position TEXT NOT NULL,
  unit TEXT NOT NULL,
  is_primary SMALLINT NOT NULL,
  from_date TEXT NOT NULL,
  to_date TEXT);
CREATE INDEX postings_person ON postings(person_id);
CREATE INDEX postings_organization ON postings(organization_id);

-- Who heads, liaises for, keeps the mailbox of an organization. duty: 0 head, 1 deputy, 2 liaison, 3 custodian, 4 delegate of the head.
CREATE TABLE duties (
  id {id},
  person_id BIGINT NOT NULL REFERENCES people(id),
  organization_id BIGINT NOT NULL REFERENCES organizations(id),
  duty SMALLINT NOT NULL,
  from_date TEXT NOT NULL,
  to_date TEXT,
  granted_by TEXT NOT NULL,
  created_at BIGINT NOT NULL);
CREATE INDEX duties_person ON duties(person_id);
CREATE INDEX duties_organization ON duties(organization_id);

-- Rights given by hand. role: 0 system administrator, 1 managing body, 2 operator, 3 viewer, 4 organization administrator; organization_id: with all below it, null for the whole installation.
CREATE TABLE roles (
  id {id},
  principal_id BIGINT NOT NULL,
  role SMALLINT NOT NULL,
  organization_id BIGINT REFERENCES organizations(id),
  granted_by TEXT NOT NULL,
  created_at BIGINT NOT NULL);
CREATE INDEX roles_principal ON roles(principal_id);

-- Every address that was ever given or kept, to whom, by which rule and why: none of them is given to another again (A5.2c).
CREATE TABLE given_addresses (
  address TEXT PRIMARY KEY,
  organization_id BIGINT REFERENCES organizations(id),
  person_id BIGINT REFERENCES people(id),
  rule TEXT NOT NULL,
  citation TEXT NOT NULL,
  explanation TEXT NOT NULL,
  override_reason TEXT,
  actor TEXT NOT NULL,
  given_at BIGINT NOT NULL);
CREATE INDEX given_addresses_organization ON given_addresses(organization_id) WHERE organization_id IS NOT NULL;
CREATE INDEX given_addresses_person ON given_addresses(person_id) WHERE person_id IS NOT NULL;

INSERT INTO organization_kinds (code, rule, name_vi, name_en) VALUES
  ('provincial_people_committee', 'ProvincialPeopleCommittee', 'Ủy ban nhân dân tỉnh', 'Provincial People''s Committee'),
  ('department', 'Department', 'Sở, ban, ngành', 'Department'),
  ('provincial_body', 'ProvincialBody', 'Cơ quan, đơn vị cấp tỉnh', 'Body of the province'),
  ('party_body', 'PartyBody', 'Cơ quan Đảng', 'Party body'),
  ('mass_organization', 'MassOrganization', 'Mặt trận Tổ quốc, đoàn thể', 'Front or mass organization'),
  ('subordinate_unit', 'SubordinateUnit', 'Đơn vị trực thuộc', 'Subordinate unit'),
  ('office', 'Office', 'Phòng, văn phòng, thanh tra', 'Office'),
  ('district_people_committee', 'DistrictPeopleCommittee', 'Ủy ban nhân dân cấp huyện', 'District People''s Committee'),
  ('district_body', 'DistrictBody', 'Cơ quan, đoàn thể cấp huyện', 'Body of a district'),
  ('commune_people_committee', 'CommunePeopleCommittee', 'Ủy ban nhân dân cấp xã', 'Commune People''s Committee'),
  ('commune_body', 'CommuneBody', 'Cơ quan, đoàn thể cấp xã', 'Body of a commune');
